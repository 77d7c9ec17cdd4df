"""Gives a Jobyard an hour that lies behind it: what has been counted is put there. Nobody waits an hour for a picture.

.venv/bin/python tests/e2e/pictures/backdate.py DATA_DIR EMAIL COMPLETED

COMPLETED is how many have ended: only when all of them are counted can they be put elsewhere.
"""

import asyncio
import sys
from pathlib import Path

import asyncpg

from jobyard.up.data_folder import DataFolder

COUNTED_SECONDS = 120
EVERYBODYS = "SELECT coalesce(sum(completed), 0) FROM job_stats WHERE owner_id = 0"

HOUR_BEFORE = """
WITH done AS (
  SELECT minute, kind, waits, runs,
         greatest(0, round(often * (1 + 0.45 * sin(ago / 7.0) + 0.35 * sin(ago * 2.3 + often))))::int AS completed,
         CASE WHEN kind = 'http.request' AND ago BETWEEN 24 AND 29 THEN 3 + ago % 3
              WHEN kind = 'demo.fail' AND ago % 11 = 4 THEN 1 ELSE 0 END AS failed,
         -- A quarter of an hour in which more comes than ends.
         1 + 40 * exp(-((ago - 29) ^ 2) / 18.0) AS slower
  FROM generate_series(2, 70) ago, date_trunc('minute', now() - ago * interval '1 minute') minute,
       (VALUES ('http.request', 9, 0.03, 0.4), ('demo.echo', 4, 0.02, 0.004), ('demo.sleep', 2, 0.2, 20),
               ('demo.fail', 0, 0.03, 0.01)) kinds (kind, often, waits, runs)),
told AS (
  SELECT minute, kind, completed, failed, completed + failed AS ended, buckets.waits, buckets.runs
  FROM done, LATERAL (
    SELECT stats_histogram(array_agg(stats_bucket(waits * slower * (0.4 + n % 5 * 0.4)))) AS waits,
           stats_histogram(array_agg(stats_bucket(runs * (0.5 + n % 4 * 0.4)))) AS runs
    FROM generate_series(1, completed + failed) n) buckets
  WHERE completed + failed > 0)
INSERT INTO job_stats (minute, owner_id, kind, submitted, completed, failed, waits, runs)
SELECT minute, owner, kind, ended, completed, failed, waits, runs
FROM told, (SELECT 0 AS owner UNION ALL SELECT key FROM users WHERE email = $1) owners
ON CONFLICT DO NOTHING"""


async def main(data_dir: str, email: str, completed: int) -> None:
    environment = DataFolder(Path(data_dir)).read_environment()
    if environment is None:
        sys.exit(f"No Jobyard runs on {data_dir}.")
    connection = await asyncpg.connect(environment["JOBYARD_DATABASE_URL"])
    try:
        async with asyncio.timeout(COUNTED_SECONDS):
            while await connection.fetchval(EVERYBODYS) < completed:  # noqa: ASYNC110 - counting is told to nobody
                await asyncio.sleep(1)
        await connection.execute("DELETE FROM job_stats")
        await connection.execute(HOUR_BEFORE, email)
    finally:
        await connection.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
