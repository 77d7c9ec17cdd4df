// Users, for administrators.
import { type InfiniteData, infiniteQueryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { answer, api } from "./client";
import type { components } from "./schema.gen";

type Schemas = components["schemas"];
export type ManagedUser = Schemas["ManagedUserAnswer"];
export type UserPage = Schemas["ManagedUserPage"];
export type UserChange = Schemas["UserChangeBody"];

const PAGE_SIZE = 50;
const userKeys = { lists: ["admin", "users"] as const };

/** Newest first; `q` is a part of the email or the name. */
export function usersList(q: string) {
  return infiniteQueryOptions({
    queryKey: [...userKeys.lists, q] as const,
    queryFn: ({ pageParam, signal }): Promise<UserPage> => {
      const query = { limit: PAGE_SIZE, ...(q ? { q } : {}), ...(pageParam ? { cursor: pageParam } : {}) };
      return answer(api.GET("/admin/users", { params: { query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

export interface UserChangeOf {
  user: ManagedUser;
  change: UserChange;
}

/** What it is after the change only the server knows: the row becomes what it answers. */
export function useChangeUser() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ user, change }: UserChangeOf): Promise<ManagedUser> =>
      answer(api.PATCH("/admin/users/{user_id}", { params: { path: { user_id: user.id } }, body: change })),
    onSuccess: (changed) => {
      queryClient.setQueriesData<InfiniteData<UserPage>>({ queryKey: userKeys.lists }, (data) =>
        data ? withUser(data, changed) : data,
      );
    },
  });
}

function withUser(data: InfiniteData<UserPage>, changed: ManagedUser): InfiniteData<UserPage> {
  const pages = data.pages.map((page) => ({
    ...page,
    items: page.items.map((user) => (user.id === changed.id ? changed : user)),
  }));
  return { ...data, pages };
}
