"""GH Archive: the hours of GitHub's public events, and a generated sample of their shape.

>>> from datetime import datetime
>>> from satchel.gharchive import sample
>>> sample.hour_name(datetime(2015, 1, 1, 5))
'2015-01-01-5.json.gz'
"""
