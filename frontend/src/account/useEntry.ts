import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { forgetRecentJobs } from "@/api/jobCache";
import { enter } from "@/api/session";
import type { SignedIn } from "@/api/types";
import { rememberEmail } from "./typedEmail";

/** Signs in by `call`, then goes where the person wanted to go. */
export function useEntry<T>(call: (body: T) => Promise<SignedIn>, to: string | undefined) {
  const queryClient = useQueryClient();
  const router = useRouter();
  return useMutation({
    mutationFn: call,
    onSuccess: (signedIn) => {
      // Nothing of who was here before may show.
      queryClient.clear();
      forgetRecentJobs();
      rememberEmail("");
      enter(signedIn);
      router.history.replace(router.options.basepath + (to ?? "/"));
    },
  });
}
