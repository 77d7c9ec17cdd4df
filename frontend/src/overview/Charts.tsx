import { useQuery } from "@tanstack/react-query";
import { memo, useMemo } from "react";
import { stats } from "@/api/stats";
import { ChartCard } from "@/charts/ChartCard";
import { WINDOWS, type WindowName } from "./search";
import { finishedChart, waitChart } from "./toCharts";

interface Props {
  window: WindowName;
  everyone: boolean;
}

/** What ended, and how long it had waited: one answer of the server, told twice. */
export const Charts = memo(function Charts({ window, everyone }: Props) {
  const { words, seconds } = WINDOWS[window];
  const numbers = useQuery(stats(seconds, everyone));
  const finished = useMemo(() => numbers.data && finishedChart(numbers.data), [numbers.data]);
  const wait = useMemo(() => numbers.data && waitChart(numbers.data), [numbers.data]);
  const shared = { error: numbers.error, onRetry: () => void numbers.refetch() };
  return (
    <div className="grid gap-4 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)] xl:gap-5">
      <ChartCard title="Finished" chart={finished} nothing={`No job ended in ${words}.`} {...shared} />
      <ChartCard
        title="Wait before start"
        chart={wait}
        nothing={`No job that had run ended in ${words}.`}
        {...shared}
      />
    </div>
  );
});
