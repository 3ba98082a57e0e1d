"""The parts of a report, made of what is stored; `order` lists them."""
