// What the page asks about one's own account: sessions, API keys, password, all data.
import {
  type InfiniteData,
  infiniteQueryOptions,
  queryOptions,
  useMutation,
  useQueryClient,
} from "@tanstack/react-query";
import { answer, api, EVEN_WHEN_LEFT, fetchWithin } from "./client";
import type { components } from "./schema.gen";
import { updateUser } from "./session";

export type SignInSession = components["schemas"]["SessionAnswer"];
export type ApiKey = components["schemas"]["ApiKeyAnswer"];
export type MadeKey = components["schemas"]["MadeKeyAnswer"];
export type NewKey = components["schemas"]["ApiKeyBody"];
export type Scope = components["schemas"]["Scope"];

const PAGE_SIZE = 200;
/** An export is sent as it is read: a hundred thousand jobs take their time. */
const EXPORT_WITHIN_MS = 10 * 60_000;
/** So many sessions are ended at a time. */
const AT_ONCE = 6;

const keys = { sessions: ["account", "sessions"], apiKeys: ["account", "api-keys"] } as const;

export function sessions() {
  return queryOptions({
    queryKey: keys.sessions,
    queryFn: async ({ signal }) => {
      const page = await answer(api.GET("/me/sessions", { params: { query: { limit: PAGE_SIZE } }, signal }));
      // The one that asks first: it is the one that a person knows.
      return page.items.toSorted((a, b) => Number(b.current) - Number(a.current));
    },
  });
}

/** Ends sessions. They leave the list at once, and are back when the server says no. */
export function useEndSessions() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async (ids: readonly string[]) => {
      for (let start = 0; start < ids.length; start += AT_ONCE) {
        const some = ids.slice(start, start + AT_ONCE);
        await Promise.all(some.map((id) => endSession(id)));
      }
    },
    onMutate: async (ids) => {
      await queryClient.cancelQueries({ queryKey: keys.sessions });
      queryClient.setQueryData(sessions().queryKey, (old) => old?.filter(({ id }) => !ids.includes(id)));
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: keys.sessions }),
  });
}

async function endSession(id: string): Promise<void> {
  const params = { path: { session_id: id } };
  await answer(api.DELETE("/me/sessions/{session_id}", { params, ...EVEN_WHEN_LEFT }));
}

export function apiKeys() {
  return infiniteQueryOptions({
    queryKey: keys.apiKeys,
    queryFn: ({ pageParam, signal }) => {
      const query = { limit: PAGE_SIZE, ...(pageParam === null ? {} : { cursor: pageParam }) };
      return answer(api.GET("/api-keys", { params: { query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

type KeyPage = components["schemas"]["ApiKeyPage"];

export function useMakeKey() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: NewKey) => answer(api.POST("/api-keys", { body })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: keys.apiKeys }),
  });
}

/** It leaves the list at once, and is back when the server says no. */
export function useDeleteKey() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (id: string) =>
      answer(api.DELETE("/api-keys/{key_id}", { params: { path: { key_id: id } }, ...EVEN_WHEN_LEFT })),
    onMutate: async (id) => {
      await queryClient.cancelQueries({ queryKey: keys.apiKeys });
      queryClient.setQueryData<InfiniteData<KeyPage>>(keys.apiKeys, (data) =>
        data
          ? {
              ...data,
              pages: data.pages.map((page) => ({
                ...page,
                items: page.items.filter((key) => key.id !== id),
              })),
            }
          : data,
      );
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: keys.apiKeys }),
  });
}

export function useRename() {
  return useMutation({
    mutationFn: (name: string) => answer(api.PATCH("/me", { body: { name } })),
    onSuccess: updateUser,
  });
}

/** Who one is now: an address may have been confirmed in another window. */
export async function readMe() {
  const user = await answer(api.GET("/me"));
  updateUser(user);
  return user;
}

export function useChangePassword() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: { current_password: string; new_password: string }) =>
      answer(api.POST("/me/password", { body })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: keys.sessions }),
  });
}

/** Mails another link to confirm one's address. */
export function useVerifyAgain() {
  return useMutation({ mutationFn: () => answer(api.POST("/email/verify/again", { parseAs: "text" })) });
}

/** All that is kept of the user, as a file that the browser saves. */
export async function fetchExport(): Promise<Blob> {
  const call = api.GET("/me/export", { parseAs: "blob", fetch: fetchWithin(EXPORT_WITHIN_MS) });
  return await answer(call as Promise<{ data?: Blob; response: Response }>);
}

export function useDeleteAccount() {
  return useMutation({ mutationFn: (password: string) => answer(api.DELETE("/me", { body: { password } })) });
}
