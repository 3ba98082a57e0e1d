"""The stand-in AWS: a planted fleet, CloudWatch and EC2 of our own, moto for all the rest."""
