import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { inboxSettings, useTellMe } from "@/api/notifications";
import { tellFailed } from "@/jobs/notices";
import { Skeleton, SkeletonGroup } from "@/ui/Skeleton";
import { BrowserSwitch } from "./BrowserSwitch";
import { endsOf } from "./tellMe";
import { WishSeg } from "./WishSeg";

/** The two settings that one reaches for while reading; the others are with the settings. */
export function TellMeBriefly() {
  const settings = useQuery(inboxSettings());
  const telling = useTellMe();
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-col items-start gap-2">
        <span>
          <b className="font-semi">Tell me about</b> <span className="text-fg-2">jobs that I submit</span>
        </span>
        {settings.data ? (
          <WishSeg
            label="Tell me about jobs that I submit"
            ends={settings.data.signed_in}
            onChange={(wish) =>
              telling
                .mutateAsync((old) => ({ ...old, signed_in: endsOf(wish) }))
                .catch((error: Error) => tellFailed("The setting was not changed", error))
            }
          />
        ) : settings.isError ? (
          <span className="text-12 text-fg-3">The settings could not be read.</span>
        ) : (
          <SkeletonGroup>
            <Skeleton shape="box" className="h-7 w-52 rounded-control" />
          </SkeletonGroup>
        )}
        <span className="text-12 text-fg-3">It holds for jobs from now on.</span>
      </div>
      <BrowserSwitch />
      <p className="text-12">
        <Link to="/settings/notifications" className="link">
          By kind, schedules, API keys
        </Link>
      </p>
    </div>
  );
}
