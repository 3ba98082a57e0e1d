"""A TLS end before a plain server, with certificates of authorities that a test makes."""

import socket
import ssl
import threading
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

DAY = timedelta(days=1)


class Authority:
    """A certificate authority; ``file`` holds its certificate, of that ``fingerprint``."""

    def __init__(self, folder, name):
        self.folder, self.key = folder, ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        whole = x509.BasicConstraints(ca=True, path_length=None)
        self.certificate = self._sign(self.name, self.key, whole)
        self.fingerprint = self.certificate.fingerprint(hashes.SHA256()).hex()
        self.file = folder / f"{name}.pem"
        self.file.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))

    def certify(self, *addresses):
        """Return a file of a key and a certificate for IP addresses, and its fingerprint."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(a)) for a in addresses])
        certificate = self._sign(x509.Name([]), key, names)
        path = self.folder / f"{certificate.serial_number}.pem"
        private = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
        return path, certificate.fingerprint(hashes.SHA256()).hex()

    def _sign(self, subject, key, extension):
        now = datetime.now(UTC)
        made = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - DAY)
            .not_valid_after(now + DAY)
            .add_extension(extension, critical=True)
        )
        return made.sign(self.key, hashes.SHA256())


@contextmanager
def listening(serve):
    """Serve each connection in a thread; yield the port."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept():
            with suppress(OSError):  # closed at the end
                while True:
                    connection, _ = server.accept()
                    threading.Thread(target=serve, args=(connection,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        try:
            yield server.getsockname()[1]
        finally:
            server.shutdown(socket.SHUT_RDWR)


@contextmanager
def tls_before(url, certificate):
    """Speak TLS with a certificate before a node; yield the port."""
    node = urlsplit(url)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def serve(connection):
        with (
            suppress(OSError),  # a client that does not trust hangs up
            context.wrap_socket(connection, server_side=True) as front,
            socket.create_connection((node.hostname, node.port)) as back,
        ):
            threading.Thread(target=pipe, args=(back, front), daemon=True).start()
            pipe(front, back)

    with listening(serve) as port:
        yield port


def pipe(source, sink):
    with suppress(OSError, ValueError):
        while some := source.recv(65536):
            sink.sendall(some)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
