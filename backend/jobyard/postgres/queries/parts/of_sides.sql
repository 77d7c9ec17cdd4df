state IN (($16::smallint[])[1], ($16::smallint[])[2], ($16::smallint[])[3])
