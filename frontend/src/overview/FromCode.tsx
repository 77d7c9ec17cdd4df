import { useState } from "react";
import { curlSample, pythonSample } from "@/jobs/codeSamples";
import { Card } from "@/ui/Card";
import { CopyButton } from "@/ui/CopyCode";
import { Seg } from "@/ui/Seg";
import { DEMO_JOB } from "./demoJob";

type Language = "curl" | "python";

/** How to submit from elsewhere, for as long as somebody is new here. */
export function FromCode() {
  const [language, setLanguage] = useState<Language>("curl");
  const code =
    language === "curl" ? curlSample(location.origin, DEMO_JOB) : pythonSample(location.origin, DEMO_JOB);
  return (
    <Card
      title="Submit from code"
      end={
        <>
          <Seg
            label="Language"
            value={language}
            options={[
              { value: "curl", label: "curl" },
              { value: "python", label: "Python" },
            ]}
            onChange={setLanguage}
          />
          <CopyButton text={code} />
        </>
      }
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre tabIndex={0} className="code-12 overflow-auto px-3.5 py-3 leading-5 -outline-offset-2!">
        {code}
      </pre>
    </Card>
  );
}
