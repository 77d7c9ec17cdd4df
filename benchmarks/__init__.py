"""`./just bench`: the engine beside its peers, on one PostgreSQL, in one run. docs/benchmarks.md is what a run writes.

options.py   what can be asked for            systems.py   who is measured, and how each was set
install.py   peers into .bench/               database.py  the server; a fresh database for every measure
measures.py  one measure of one system        own.py       what is measured of ours alone: raw limits, bytes, WAL
run.py       rounds, interleaved              targets.py   what we hold ourselves to
report.py    tables and the document          adapters/    what runs in the measured processes
"""
