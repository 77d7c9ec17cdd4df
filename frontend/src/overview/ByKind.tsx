import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { memo, type ReactNode } from "react";
import { type KindStats, stats } from "@/api/stats";
import { Card } from "@/ui/Card";
import { cx } from "@/ui/cx";
import { count, duration } from "@/ui/time";
import { visible } from "@/ui/visible";
import { WINDOWS, type WindowName } from "./search";

const SHOWN = 8;

/** The same window by kind, the busiest first. Gone while one kind is all there is: the charts say the same. */
export const ByKind = memo(function ByKind({ window, everyone }: { window: WindowName; everyone: boolean }) {
  const { words, seconds } = WINDOWS[window];
  const kinds = useQuery(stats(seconds, everyone)).data?.total.kinds ?? [];
  if (kinds.length < 2) return null;
  const shown = kinds.toSorted((a, b) => ended(b) - ended(a) || b.submitted - a.submitted).slice(0, SHOWN);
  const rest = kinds.length - shown.length;
  return (
    <Card title="By kind" note={<span className="text-12 text-fg-3">in {words}</span>}>
      <table className="w-full table-fixed text-left">
        <thead className="text-12 text-fg-3">
          <tr>
            <th className="h-8 pl-3.5 font-book">Kind</th>
            <Head>Completed</Head>
            <Head>Failed</Head>
            <Head phone={false}>Wait p95</Head>
            <Head phone={false}>Run p50</Head>
            <Head phone={false}>Run p95</Head>
          </tr>
        </thead>
        <tbody>
          {shown.map((kind) => (
            <tr key={kind.kind} className="border-t">
              <th scope="row" className="h-11 truncate pl-3.5 font-normal md:h-9">
                {everyone ? (
                  <bdi className="font-strong">{visible(kind.kind)}</bdi>
                ) : (
                  <Link
                    to="/jobs"
                    search={{ kind: [kind.kind] }}
                    className="font-strong underline-offset-3 hover:underline"
                  >
                    <bdi>{visible(kind.kind)}</bdi>
                  </Link>
                )}
              </th>
              <Cell>{count(kind.completed)}</Cell>
              <Cell className={kind.failed > 0 ? "font-strong text-failed" : "text-fg-3"}>
                {count(kind.failed)}
              </Cell>
              <Cell phone={false}>{inWords(kind.wait_seconds.p95)}</Cell>
              <Cell phone={false}>{inWords(kind.run_seconds.p50)}</Cell>
              <Cell phone={false}>{inWords(kind.run_seconds.p95)}</Cell>
            </tr>
          ))}
        </tbody>
      </table>
      {rest > 0 && (
        <p className="border-t px-3.5 py-2 text-12 text-fg-3">
          {rest === 1 ? "1 more kind" : `${count(rest)} more kinds`} did less.
        </p>
      )}
    </Card>
  );
});

function ended({ completed, failed }: KindStats): number {
  return completed + failed;
}

function inWords(value: number | null): string {
  return value === null ? "–" : duration(value * 1_000);
}

function Head({ phone = true, children }: { phone?: boolean; children: ReactNode }) {
  return <th className={cx("pr-3.5 text-right font-book", !phone && "max-md:hidden")}>{children}</th>;
}

function Cell({
  phone = true,
  className,
  children,
}: {
  phone?: boolean;
  className?: string;
  children: ReactNode;
}) {
  return <td className={cx("pr-3.5 text-right", !phone && "max-md:hidden", className)}>{children}</td>;
}
