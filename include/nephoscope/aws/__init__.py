"""AWS as we reach it: clients, what they are given, and what their errors mean."""
