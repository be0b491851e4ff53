/** Where tokens come from: MSAL's own classes, of each version that apps have, or a function. */
import type * as msal5 from "@azure/msal-browser";
import type { AccountInfo, Auth, MsalInstance, TokenRequest } from "entra-flow";
import { expectTypeOf } from "expect-type";
import type * as msal3 from "msal3";
import type * as msal4 from "msal4";

// The class, the interface that apps keep it in, and what the factories give (nested app auth among them).
expectTypeOf<msal3.PublicClientApplication>().toExtend<MsalInstance>();
expectTypeOf<msal4.PublicClientApplication>().toExtend<MsalInstance>();
expectTypeOf<msal5.PublicClientApplication>().toExtend<MsalInstance>();

expectTypeOf<msal3.IPublicClientApplication>().toExtend<Auth>();
expectTypeOf<msal4.IPublicClientApplication>().toExtend<Auth>();
expectTypeOf<msal5.IPublicClientApplication>().toExtend<Auth>();

type Made<Factory extends (...args: never[]) => Promise<unknown>> = Awaited<ReturnType<Factory>>;
expectTypeOf<Made<typeof msal3.createNestablePublicClientApplication>>().toExtend<Auth>();
expectTypeOf<Made<typeof msal4.createNestablePublicClientApplication>>().toExtend<Auth>();
expectTypeOf<Made<typeof msal5.createNestablePublicClientApplication>>().toExtend<Auth>();
expectTypeOf<Made<typeof msal5.createStandardPublicClientApplication>>().toExtend<Auth>();

expectTypeOf<msal3.AccountInfo>().toExtend<AccountInfo>();
expectTypeOf<msal4.AccountInfo>().toExtend<AccountInfo>();
expectTypeOf<msal5.AccountInfo>().toExtend<AccountInfo>();

// A function of the host's is told what is wanted.
const byFunction: Auth = {
  async getToken(request) {
    expectTypeOf(request).toEqualTypeOf<TokenRequest>();
    expectTypeOf(request.scopes).toEqualTypeOf<string[]>();
    expectTypeOf(request.claims).toEqualTypeOf<string | undefined>();
    expectTypeOf(request.forceRefresh).toEqualTypeOf<boolean | undefined>();
    expectTypeOf(request.interactive).toEqualTypeOf<boolean>();
    return "token";
  },
};
expectTypeOf(byFunction).toExtend<Auth>();

// What is none.
expectTypeOf<() => Promise<string>>().not.toExtend<Auth>();
expectTypeOf<string>().not.toExtend<Auth>();
expectTypeOf<{ getToken(): Promise<number> }>().not.toExtend<Auth>();
expectTypeOf<{ getToken(): string }>().not.toExtend<Auth>();
expectTypeOf<Pick<MsalInstance, "acquireTokenSilent">>().not.toExtend<Auth>();
expectTypeOf<{ username: string }>().not.toExtend<AccountInfo>();
