import type { ReactNode } from "react";
import { Mark } from "@/ui/Mark";
import { YardPicture } from "./YardPicture";

/** Both doors, sign-in and sign-up: the form at the left, the yard at the right. */
export function AuthPage({
  title,
  lead,
  children,
}: {
  title: string;
  lead?: ReactNode;
  children: ReactNode;
}) {
  return (
    <main className="grid min-h-dvh bg-surface md:grid-cols-[minmax(0,1fr)_minmax(0,1.1fr)]">
      <div className="flex min-h-dvh flex-col px-5 py-6 md:px-10 md:py-8">
        <span className="flex h-8 items-center gap-2 px-1 text-15 font-bold tracking-[-.02em]">
          <Mark />
          Jobyard
        </span>
        <div className="m-auto flex w-full max-w-[344px] flex-col gap-4 py-8">
          <div>
            <h1 className="text-26 tracking-[-.03em]">{title}</h1>
            {lead && <p className="mt-1.5 text-14 text-fg-2">{lead}</p>}
          </div>
          {children}
        </div>
        <p className="text-12 text-fg-3">{location.host}</p>
      </div>
      <div
        aria-hidden="true"
        className="relative hidden flex-col justify-center overflow-hidden border-l bg-bg md:flex"
      >
        <YardPicture />
        <p className="absolute bottom-8 left-10 text-16 font-strong tracking-[-.01em]">
          The job queue your users can log in to.
        </p>
      </div>
    </main>
  );
}
