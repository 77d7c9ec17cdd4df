import { createFileRoute } from "@tanstack/react-router";
import { jobAttempts, jobDetail, jobEvents } from "@/api/jobs";
import { JobPage } from "@/jobs/page/JobPage";

export const Route = createFileRoute("/_yard/jobs/$id")({
  // All at once, and on hover already: a click shows the page in the same frame when they are there.
  loader: ({ context: { queryClient }, params: { id } }) => {
    void queryClient.prefetchQuery(jobDetail(id));
    void queryClient.prefetchQuery(jobAttempts(id));
    void queryClient.prefetchQuery(jobEvents(id));
  },
  component: Screen,
});

function Screen() {
  const { id } = Route.useParams();
  return <JobPage key={id} id={id} />;
}
