import { useState } from "react";
import { useUser } from "@/api/useUser";
import { Switch } from "@/ui/Switch";
import { turnOff, turnOn, useBrowserNotices } from "./browserNotices";

/** Notifications by the browser, for who asks for them. The browser itself asks once more. */
export function BrowserSwitch() {
  const userId = useUser()?.id ?? "";
  const state = useBrowserNotices(userId);
  const [refused, setRefused] = useState(false);
  const change = async (on: boolean) => {
    if (!on) {
      turnOff(userId);
      return;
    }
    setRefused(!(await turnOn(userId)));
  };
  return (
    <div>
      <div className="flex items-center gap-3">
        <span className="flex-1">Also while you look elsewhere</span>
        <Switch label="Browser notifications" checked={state === "on"} onChange={(on) => void change(on)} />
      </div>
      <p role={refused ? "alert" : undefined} className="mt-1 text-12 text-fg-3">
        {hintOf(state, refused)}
      </p>
    </div>
  );
}

function hintOf(state: ReturnType<typeof useBrowserNotices>, refused: boolean): string {
  if (state === "unsupported") return "This browser shows no notifications of pages.";
  if (state === "blocked")
    return "The browser blocks them: allow notifications in its settings for this site.";
  if (refused) return "The browser did not allow it, or can't.";
  return "By the browser, in this browser alone, and while a tab of Jobyard is open.";
}
