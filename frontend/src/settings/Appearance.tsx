import { Monitor, Moon, Sun } from "lucide-react";
import { useCompact } from "@/jobs/table/density";
import { usePageTitle } from "@/shell/usePageTitle";
import { Seg } from "@/ui/Seg";
import { chooseTheme, useThemeChoice } from "@/ui/theme";
import { SectionHead } from "./Settings";

const ICON = "size-4 stroke-[1.75]";

export function Appearance() {
  usePageTitle("Appearance");
  const theme = useThemeChoice();
  const [compact, setCompact] = useCompact();
  return (
    <>
      <SectionHead title="Appearance">It holds in this browser.</SectionHead>
      <div className="flex flex-col items-start gap-2">
        <h3 className="font-strong">Theme</h3>
        <Seg
          label="Theme"
          size="lg"
          value={theme}
          onChange={chooseTheme}
          options={[
            { value: "light", label: <Word icon={<Sun className={ICON} aria-hidden="true" />}>Light</Word> },
            { value: "dark", label: <Word icon={<Moon className={ICON} aria-hidden="true" />}>Dark</Word> },
            {
              value: "system",
              label: <Word icon={<Monitor className={ICON} aria-hidden="true" />}>As the system</Word>,
            },
          ]}
        />
        <p className="text-12 text-fg-3">The key t switches between light and dark, anywhere.</p>
      </div>
      <div className="flex flex-col items-start gap-2">
        <h3 className="font-strong">Rows of the jobs table</h3>
        <Seg
          label="Rows of the jobs table"
          size="lg"
          value={compact ? "compact" : "comfortable"}
          onChange={(next) => setCompact(next === "compact")}
          options={[
            { value: "comfortable", label: "Comfortable" },
            { value: "compact", label: "Compact" },
          ]}
        />
      </div>
    </>
  );
}

function Word({ icon, children }: { icon: React.ReactNode; children: string }) {
  return (
    <>
      {icon}
      {children}
    </>
  );
}
