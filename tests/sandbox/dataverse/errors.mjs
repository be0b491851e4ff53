/** Errors as the Dataverse Web API words them. */
export class DataverseError extends Error {
  /**
   * @param {number} status
   * @param {string} code
   * @param {string} message
   */
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }

  get body() {
    return { error: { code: this.code, message: this.message } };
  }
}

export const badQuery = (message) => new DataverseError(400, "0x80060888", message);

export const unknownProperty = (name, table) =>
  badQuery(`Could not find a property named '${name}' on type 'Microsoft.Dynamics.CRM.${table}'.`);

export const unknownSegment = (segment) =>
  new DataverseError(404, "0x8006088a", `Resource not found for the segment '${segment}'.`);

export const notFound = (table, id) =>
  new DataverseError(404, "0x80040217", `Entity '${table}' With Id = ${id} Does Not Exist`);

export const invalidInput = (message) => new DataverseError(400, "0x80048d19", message);

export const requiredField = (name) =>
  new DataverseError(400, "0x80040203", `Required field '${name}' is missing`);

export const duplicateKey = (name) =>
  new DataverseError(
    412,
    "0x80040237",
    `A record with matching key values already exists. Duplicate key: ${name}`,
  );

export const missingPrivilege = (userId, privilege, table) =>
  new DataverseError(
    403,
    "0x80040220",
    `Principal user (Id=${userId}, type=8) is missing ${privilege} privilege on OTC for entity '${table}'. context.Caller=${userId}.`,
  );
