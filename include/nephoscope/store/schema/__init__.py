"""The indices, before anything is written.

mappings     what the indices of a kind have in common, and its version
templates    index templates, which give them that
making       the making of indices
upgrade      what is of an older version, brought to this program's
copying      an index replaced by a copy of it
"""
