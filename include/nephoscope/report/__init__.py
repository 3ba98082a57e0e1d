"""The report: from stored points to pictures, a page and the numbers beside them.

frames (pandas) make a fleet, heat bins it to the pixels, plots and maps (matplotlib) draw it; a
module a part puts pictures, tables and findings together, page (jinja2) renders any of them, write
puts all of it into a place. Nothing here asks AWS, Elasticsearch or the clock; what is drawn comes
in as data frames.
"""
