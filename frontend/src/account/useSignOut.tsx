import { useQueryClient } from "@tanstack/react-query";
import { TriangleAlert } from "lucide-react";
import { toast } from "sonner";
import { forgetRecentJobs } from "@/api/jobCache";
import { signOut } from "@/api/session";
import { forgetDrafts } from "@/jobs/new/draftStore";
import { showToast } from "@/ui/Toasts";

/** Ends the session; nothing of the user is left in this tab. */
export function useSignOut(): () => Promise<void> {
  const queryClient = useQueryClient();
  return async () => {
    toast.dismiss();
    try {
      await signOut();
    } catch {
      // The cookie may still be good: whoever sits here next must know.
      showToast("signed-out-here", {
        tone: "retrying",
        icon: <TriangleAlert strokeWidth={1.75} aria-hidden="true" />,
        title: "You are signed out in this browser only",
        text: "The server could not be reached: sign in and out again to end the session there too.",
        stays: true,
      });
    } finally {
      queryClient.clear();
      forgetRecentJobs();
      forgetDrafts();
    }
  };
}
