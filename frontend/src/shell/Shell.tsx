import { useQueryClient } from "@tanstack/react-query";
import { Outlet, useNavigate, useRouter } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useState, useSyncExternalStore } from "react";
import { useSignOut } from "@/account/useSignOut";
import { forgetRecentJobs } from "@/api/jobCache";
import { getSession, onSessionChange, type Session } from "@/api/session";
import type { User } from "@/api/types";
import { useLiveJobs } from "@/live/useLiveJobs";
import { followPresence } from "@/notifications/away";
import { useReadOnVisit } from "@/notifications/useReadOnVisit";
import { PaletteHost } from "@/palette/PaletteHost";
import { Panel } from "@/ui/Panel";
import { flipTheme } from "@/ui/theme";
import { LiveBanner } from "./LiveBanner";
import { PhoneBar } from "./PhoneBar";
import { Sidebar } from "./Sidebar";
import { useKeys } from "./useKeys";
import { VerifiedFirst } from "./VerifiedFirst";

const KeyHelp = lazy(() => import("./KeyHelp"));

/** What stands around every signed-in screen: sidebar or tab bar, the live line, the keys that work everywhere. */
export function Shell() {
  const session = useSyncExternalStore(onSessionChange, getSession);
  useLeaveWhenSignedOut(session);
  if (session.status !== "signed-in") return null;
  // The key starts everything anew should another user sign in (in another tab, say).
  return (
    <VerifiedFirst key={session.user.id} user={session.user}>
      <Yard user={session.user} />
    </VerifiedFirst>
  );
}

function Yard({ user }: { user: User }) {
  const [helpOpen, setHelpOpen] = useState(false);
  const [helpUsed, setHelpUsed] = useState(false);
  if (helpOpen && !helpUsed) setHelpUsed(true);
  const [paletteOpen, setPaletteOpen] = useState(false);
  const signOut = useSignOut();
  const navigate = useNavigate();
  useForgetPrevious(user.id);
  useLiveJobs(user.id);
  useEffect(() => followPresence(user.id), [user.id]);
  useReadOnVisit();
  useKeys({
    n: () => void navigate({ to: "/jobs/new" }),
    "g o": () => void navigate({ to: "/" }),
    "g j": () => void navigate({ to: "/jobs" }),
    "g d": () => void navigate({ to: "/dead-letters" }),
    ...(user.role === "admin"
      ? {
          "g u": () => void navigate({ to: "/admin/users" }),
          "g a": () => void navigate({ to: "/admin/audit" }),
        }
      : {}),
    "g n": () => void navigate({ to: "/notifications" }),
    t: flipTheme,
    "?": () => setHelpOpen(true),
  });
  return (
    <div className="group/yard flex h-dvh flex-col md:grid md:grid-cols-[var(--side-w)_minmax(0,1fr)]">
      <a
        href="#main"
        className="fixed -top-20 left-2 z-50 rounded-control bg-surface px-3 py-2 shadow-2 focus:top-2"
      >
        Skip to content
      </a>
      <Sidebar user={user} onHelp={() => setHelpOpen(true)} onFind={() => setPaletteOpen(true)} />
      <Panel>
        <LiveBanner />
        <Outlet />
      </Panel>
      <PhoneBar user={user} />
      <PaletteHost
        open={paletteOpen}
        onOpen={setPaletteOpen}
        onHelp={() => setHelpOpen(true)}
        onSignOut={() => void signOut()}
      />
      {helpUsed && (
        <Suspense fallback={null}>
          <KeyHelp open={helpOpen} onClose={() => setHelpOpen(false)} />
        </Suspense>
      )}
    </div>
  );
}

/** Signed out here, in another tab, or by the server: back to the door, with the way back remembered. */
function useLeaveWhenSignedOut(session: Session): void {
  const router = useRouter();
  useEffect(() => {
    if (session.status === "signed-out") void router.invalidate();
  }, [session.status, router]);
}

/** The cookie can belong to another user by now (signed in in another tab): nothing of the first may be left. */
function useForgetPrevious(userId: string): void {
  const queryClient = useQueryClient();
  useEffect(() => {
    return () => {
      const session = getSession();
      if (session.status === "signed-in" && session.user.id === userId) return;
      queryClient.clear();
      forgetRecentJobs();
    };
  }, [queryClient, userId]);
}
