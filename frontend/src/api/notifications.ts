// The inbox: what ended while its owner was away, and what the owner wants to be told of.
import {
  type InfiniteData,
  infiniteQueryOptions,
  queryOptions,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";
import { answer, api, EVEN_WHEN_LEFT } from "./client";
import type { components } from "./schema.gen";

export type Notice = components["schemas"]["NotificationAnswer"];
export type InboxPage = components["schemas"]["NotificationPage"];
export type InboxSettings = components["schemas"]["SettingsBody"];
/** Which ends of a job are told. */
export type Ends = components["schemas"]["Ends"];

export const inboxKeys = {
  all: ["notifications"] as const,
  unread: ["notifications", "unread"] as const,
  lists: ["notifications", "list"] as const,
  list: (unread: boolean) => ["notifications", "list", unread] as const,
  settings: ["notifications", "settings"] as const,
};

/** For the bell: how many are unread, and the newest of them. Also for 'n new' above the list. */
const BELL_SIZE = 50;
const PAGE_SIZE = 50;

export function unreadInbox() {
  return queryOptions({
    queryKey: inboxKeys.unread,
    queryFn: ({ signal }) =>
      answer(api.GET("/notifications", { params: { query: { unread: true, limit: BELL_SIZE } }, signal })),
    meta: { live: "refetch" },
  });
}

/** Page by page. It stays as it was read: what comes meanwhile waits above it until it is asked for. */
export function inboxList(unread: boolean) {
  return infiniteQueryOptions({
    queryKey: inboxKeys.list(unread),
    queryFn: ({ pageParam, signal }): Promise<InboxPage> => {
      const query = { unread, limit: PAGE_SIZE, ...(pageParam === null ? {} : { cursor: pageParam }) };
      return answer(api.GET("/notifications", { params: { query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    // Read anew at each visit, never under the reader's eyes.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
}

export function inboxSettings() {
  return queryOptions({
    queryKey: inboxKeys.settings,
    queryFn: ({ signal }) => answer(api.GET("/notifications/settings", { signal })),
  });
}

type What = { ids: string[] } | { all: true };

/** Marks as read, at once: rows stay where they are and lose their dot, the bell counts down. */
export function useMarkRead() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (what: What) => answer(api.POST("/notifications/read", { body: what, ...EVEN_WHEN_LEFT })),
    onMutate: async (what) => {
      await queryClient.cancelQueries({ queryKey: inboxKeys.unread });
      const unread = queryClient.getQueryData(unreadInbox().queryKey);
      const lists = queryClient.getQueriesData<InfiniteData<InboxPage>>({ queryKey: inboxKeys.lists });
      const isMeant = (id: string) => !("ids" in what) || what.ids.includes(id);
      queryClient.setQueryData(unreadInbox().queryKey, (page) => page && withoutRead(page, what));
      queryClient.setQueriesData<InfiniteData<InboxPage>>({ queryKey: inboxKeys.lists }, (data) =>
        data ? { ...data, pages: data.pages.map((page) => markedIn(page, isMeant)) } : data,
      );
      return { unread, lists };
    },
    onError: (_error, _what, before) => {
      queryClient.setQueryData(unreadInbox().queryKey, before?.unread);
      for (const [key, data] of before?.lists ?? []) queryClient.setQueryData(key, data);
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: inboxKeys.unread }),
  });
}

function withoutRead(page: InboxPage, what: What): InboxPage {
  if (!("ids" in what)) return { ...page, items: [], unread: 0 };
  // An id that is not among the newest was unread all the same when a list shows it so: who calls gives no others.
  const items = page.items.filter(({ id }) => !what.ids.includes(id));
  return { ...page, items, unread: Math.max(0, page.unread - what.ids.length) };
}

function markedIn(page: InboxPage, isMeant: (id: string) => boolean): InboxPage {
  return { ...page, items: page.items.map((one) => (isMeant(one.id) ? { ...one, read: true } : one)) };
}

/** Changes what one is told of, at once. Two changes in a row go one after the other: each sends all settings. */
export function useTellMe() {
  const queryClient = useQueryClient();
  const { queryKey } = inboxSettings();
  return useMutation({
    scope: { id: "inbox-settings" },
    mutationFn: (_change: (settings: InboxSettings) => InboxSettings) => {
      const body = queryClient.getQueryData(queryKey);
      if (!body) throw new Error("The settings have not been read yet.");
      return answer(api.PUT("/notifications/settings", { body, ...EVEN_WHEN_LEFT }));
    },
    onMutate: async (change) => {
      await queryClient.cancelQueries({ queryKey });
      queryClient.setQueryData(queryKey, (settings) => settings && change(settings));
    },
    // What holds now only the server knows: a later change may wait behind the one that failed.
    onError: () => queryClient.invalidateQueries({ queryKey }),
  });
}
