/**
 * What a whole org asks of the services. Linear in what was measured: the requests of a form's first opening in a
 * window, and those of each later one.
 */

/** Dataverse's published limit for one user. */
export const dataverseLimit = { requests: 6000, minutes: 5 };

/** @typedef {{ rows: number, discoveries: number, invokes: number }} Requests */
/** @typedef {{ first: Requests, later: Requests, controls: number }} Measured of a form with so many controls */
/** @typedef {{ users: number, formsAnHour: number, controls: number, formsAWindow: number }} Org */

const kinds = ["rows", "discoveries", "invokes"];

/** Counted over one opening and over several. @returns {Measured} */
export function measuredOf(one, several, opened, controls) {
  const later = Object.fromEntries(
    kinds.map((kind) => [kind, (several[kind] - one[kind]) / (opened - 1)]),
  );
  return { first: one, later, controls };
}

/** Requests that one user sends in an hour. @param {Measured} measured @param {Omit<Org, "users">} org */
export function anHour(measured, { formsAnHour, controls, formsAWindow }) {
  const share = 1 / formsAWindow;
  const scale = (formsAnHour * controls) / measured.controls;
  return Object.fromEntries(
    kinds.map((kind) => [
      kind,
      scale * (share * measured.first[kind] + (1 - share) * measured.later[kind]),
    ]),
  );
}

/** The share of Dataverse's limit that one user's hour takes, evenly spread. */
export function shareOfLimit(rowsAnHour) {
  return rowsAnHour / ((dataverseLimit.requests * 60) / dataverseLimit.minutes);
}
