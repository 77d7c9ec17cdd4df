import { useQuery } from "@tanstack/react-query";
import { signUpRules } from "@/api/signUpRules";
import { usePageTitle } from "@/shell/usePageTitle";
import { ButtonLink } from "@/ui/Button";
import { Skeleton, SkeletonGroup } from "@/ui/Skeleton";
import { AuthPage } from "./AuthPage";
import { useLinkToken } from "./linkToken";
import { SignUpForm } from "./SignUpForm";

/** Make an account, as far as this server lets one. */
export function SignUp({ to }: { to: string | undefined }) {
  usePageTitle("Make an account");
  const invitation = useLinkToken();
  const rules = useQuery(signUpRules());
  const mode = rules.data?.mode;
  const search = to ? { to } : {};

  if (rules.isPending) {
    return (
      <AuthPage title="Make an account">
        <Loading />
      </AuthPage>
    );
  }
  if (mode === "closed" || (mode === "invite" && !invitation)) {
    const isClosed = mode === "closed";
    return (
      <AuthPage
        title={isClosed ? "Sign-up is closed" : "You need an invitation"}
        lead={
          isClosed
            ? "This server takes no new accounts. Ask who runs it for one."
            : "Open the link of the invitation that you were given, or ask who runs this server for one."
        }
      >
        <ButtonLink to="/sign-in" search={search} size="lg" className="w-full md:h-10!">
          Sign in
        </ButtonLink>
      </AuthPage>
    );
  }
  // Rules that can't be read keep nobody out: the server says what it wants when the form is sent.
  return (
    <AuthPage
      title={invitation ? "You are invited" : "Make an account"}
      lead="Your jobs are yours: nobody else sees them but the operators."
    >
      <SignUpForm to={to} invitation={invitation} domain={invitation ? null : (rules.data?.domain ?? null)} />
    </AuthPage>
  );
}

function Loading() {
  return (
    <SkeletonGroup className="flex flex-col gap-4">
      {["name", "email", "password"].map((field) => (
        <span key={field} className="flex flex-col gap-2.5">
          <Skeleton className="w-16" />
          <Skeleton shape="box" className="h-10 rounded-control" />
        </span>
      ))}
    </SkeletonGroup>
  );
}
