import { Play, SquareTerminal } from "lucide-react";
import { useRef, useState } from "react";
import { explain } from "@/api/explain";
import { useSubmitJob } from "@/api/jobMutations";
import { curlSample, pythonSample } from "@/jobs/codeSamples";
import { Button } from "@/ui/Button";
import { CopyCode } from "@/ui/CopyCode";
import { Empty } from "@/ui/Empty";
import { DEMO_JOB } from "./demoJob";

/** Before the first job: one click sends one through, and the same is shown for a terminal. */
export function FirstRun() {
  const submit = useSubmitJob();
  const [shown, setShown] = useState<"curl" | "python" | null>(null);
  const key = useRef(crypto.randomUUID());
  const toggle = (call: "curl" | "python") => setShown(shown === call ? null : call);
  return (
    <div className="flex flex-1 flex-col overflow-auto">
      <div className="m-auto w-full max-w-[640px]">
        <Empty
          art="yours"
          title="Nothing in the yard yet"
          actions={
            <>
              <Button
                look="go"
                icon={<Play aria-hidden="true" />}
                busy={submit.isPending}
                onClick={() => submit.mutate({ job: DEMO_JOB, idempotencyKey: key.current })}
              >
                Submit a demo job
              </Button>
              <Button
                icon={<SquareTerminal aria-hidden="true" />}
                aria-expanded={shown === "curl"}
                onClick={() => toggle("curl")}
              >
                curl
              </Button>
              <Button aria-expanded={shown === "python"} onClick={() => toggle("python")}>
                Python
              </Button>
            </>
          }
          foot={
            submit.isError && (
              <span role="alert" className="text-failed">
                {explain(submit.error)}
              </span>
            )
          }
        >
          Send a demo job through: it sleeps for five seconds, reports its progress and finishes. You will be
          told when it does.
        </Empty>
        {shown && (
          <div className="px-4 pb-6">
            <CopyCode
              label={
                shown === "curl" ? "The same from a terminal" : "The same from Python 3, nothing to install"
              }
              code={
                shown === "curl"
                  ? curlSample(location.origin, DEMO_JOB)
                  : pythonSample(location.origin, DEMO_JOB)
              }
            />
            <p className="mt-2 text-12 text-fg-3">It asks for your email and password, and keeps neither.</p>
          </div>
        )}
      </div>
    </div>
  );
}
