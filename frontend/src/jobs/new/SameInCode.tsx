import { Copy } from "lucide-react";
import { useState } from "react";
import type { Json } from "@/api/exactJson";
import type { SubmitJob } from "@/api/types";
import { Card } from "@/ui/Card";
import { IconButton } from "@/ui/IconButton";
import { Seg } from "@/ui/Seg";
import { curlSample, httpSample, pythonSample } from "../codeSamples";
import { copyAndTell } from "../notices";

const SAMPLES = { curl: curlSample, python: pythonSample, http: httpSample } as const;
const FOOT = {
  curl: "It asks for your email and password, and keeps neither.",
  python: "Python 3, nothing to install. It asks for your email and password.",
  http: "Every answer of POST /login has an access token.",
} as const;
const BOX = "code-12 max-h-[50dvh] overflow-auto px-3.5 py-3 leading-5 -outline-offset-2!";
type Language = keyof typeof SAMPLES;

/** The job of the form as a call, changing with every letter. */
export function SameInCode({ body }: { body: SubmitJob }) {
  const [language, setLanguage] = useState<Language>("curl");
  const code = SAMPLES[language](location.origin, body as unknown as Json);
  return (
    <Card
      title="The same in code"
      end={
        <>
          <Seg<Language>
            label="Language"
            value={language}
            onChange={setLanguage}
            options={[
              { value: "curl", label: "curl" },
              { value: "python", label: "Python" },
              { value: "http", label: "HTTP" },
            ]}
          />
          <IconButton
            label="Copy the call"
            icon={<Copy aria-hidden="true" />}
            onClick={() => void copyAndTell(code, "the call")}
          />
        </>
      }
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre tabIndex={0} className={BOX}>
        {code}
      </pre>
      <p className="border-t px-3.5 py-2 text-12 text-fg-3">{FOOT[language]}</p>
    </Card>
  );
}
