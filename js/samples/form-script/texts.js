/**
 * ef_/texts.js: what the scripts say, in the user's language. A language more is one more entry of LANGUAGES with the same names.
 *
 * English has no `problems`: there the library's own sentences are shown, which say most. In the other languages a problem is told
 * by what users would do about it, and the library's words are in the details, for whoever is asked for help.
 */
window.Contoso = window.Contoso || {};

Contoso.texts = (() => {
  const english = {
    signInOffer: "Sign in once to see what the warehouse says about your orders.",
    signIn: "Sign in",
    mayHaveRun: "It may have run: look before you repeat it.",
    noMessage: "The flow has answered.",
    approve: "Approve",
    cancel: "Cancel",
    approveOne: "Approve this order?",
    approveOneText: (number) =>
      `Order ${number} goes to the warehouse today. This can't be taken back.`,
    approving: (number) => `Approving order ${number}`,
    approveMany: (count) => `Approve ${count === 1 ? "1 order" : `${count} orders`}?`,
    approveManyText: "They go to the warehouse today. This can't be taken back.",
    progress: (done, all) => `Approving: ${done} of ${all}`,
    stopping: (running) => `No more are started; ${running} are still running.`,
    busy: "Orders are being approved already. Wait until they are done.",
    approved: (count) => `${count === 1 ? "1 order" : `${count} orders`} approved`,
    failed: (count) => `${count} failed`,
    untried: (count) => `${count} not tried`,
    reason: (number, why) => `Order ${number}: ${why}`,
  };

  const german = {
    signInOffer: "Melden Sie sich einmal an, um zu sehen, was das Lager zu Ihren Aufträgen sagt.",
    signIn: "Anmelden",
    mayHaveRun: "Der Flow kann trotzdem gelaufen sein. Bitte vor einem neuen Lauf prüfen.",
    noMessage: "Der Flow hat geantwortet.",
    approve: "Genehmigen",
    cancel: "Abbrechen",
    approveOne: "Diesen Auftrag genehmigen?",
    approveOneText: (number) =>
      `Auftrag ${number} geht heute ans Lager. Das lässt sich nicht zurücknehmen.`,
    approving: (number) => `Auftrag ${number} wird genehmigt`,
    approveMany: (count) => `${count === 1 ? "1 Auftrag" : `${count} Aufträge`} genehmigen?`,
    approveManyText: "Sie gehen heute ans Lager. Das lässt sich nicht zurücknehmen.",
    progress: (done, all) => `Genehmigung läuft: ${done} von ${all}`,
    stopping: (running) => `Es werden keine weiteren begonnen; ${running} laufen noch.`,
    busy: "Es werden schon Aufträge genehmigt. Warten Sie, bis sie fertig sind.",
    approved: (count) => `${count === 1 ? "1 Auftrag" : `${count} Aufträge`} genehmigt`,
    failed: (count) => `${count} fehlgeschlagen`,
    untried: (count) => `${count} nicht versucht`,
    reason: (number, why) => `Auftrag ${number}: ${why}`,
    problems: {
      other: "Der Flow konnte nicht ausgeführt werden. Versuchen Sie es erneut.",
      setup: "Hier ist etwas nicht richtig eingerichtet. Wenden Sie sich an Ihren Administrator.",
      blocked: "Die Inhaltssicherheitsrichtlinie dieser Umgebung lässt das Skript nicht arbeiten.",
      token: "Die Anmeldung ist nicht gelungen. Ein Administrator prüft die App-Registrierung.",
      forbidden: "Sie dürfen diesen Flow nicht ausführen. Bitten Sie seinen Besitzer um Zugriff.",
      off: "Dieser Flow ist ausgeschaltet. Bitten Sie seinen Besitzer, ihn einzuschalten.",
      missing: "Dieser Flow wurde nicht gefunden. Ist seine Lösung in dieser Umgebung importiert?",
      trigger: "Dieser Flow kann nicht von einem Formular ausgeführt werden.",
      input: "Der Flow hat die Daten nicht angenommen. Prüfen Sie, ob eine Spalte noch leer ist.",
      flow: "Der Flow hat mit einem Fehler geantwortet.",
      noAnswer: "Der Flow hat nicht rechtzeitig geantwortet.",
      output: "Die Antwort des Flows ist nicht lesbar.",
      network: "Der Dienst war nicht erreichbar. Prüfen Sie Ihre Verbindung.",
      throttled: "Der Dienst ist ausgelastet. Warten Sie kurz und versuchen Sie es erneut.",
      service: "Der Dienst hat versagt. Versuchen Sie es später erneut.",
    },
  };

  const french = {
    signInOffer: "Connectez-vous une fois pour voir ce que l’entrepôt dit de vos commandes.",
    signIn: "Se connecter",
    mayHaveRun: "Le flux a peut-être quand même été exécuté. Vérifiez avant de recommencer.",
    noMessage: "Le flux a répondu.",
    approve: "Approuver",
    cancel: "Annuler",
    approveOne: "Approuver cette commande ?",
    approveOneText: (number) =>
      `La commande ${number} part à l’entrepôt aujourd’hui. C’est irrévocable.`,
    approving: (number) => `Approbation de la commande ${number}`,
    approveMany: (count) => `Approuver ${count === 1 ? "1 commande" : `${count} commandes`} ?`,
    approveManyText: "Elles partent à l’entrepôt aujourd’hui. C’est irrévocable.",
    progress: (done, all) => `Approbation : ${done} sur ${all}`,
    stopping: (running) => `Plus aucune ne sera lancée ; ${running} sont encore en cours.`,
    busy: "Des commandes sont déjà en cours d’approbation. Attendez qu’elles soient terminées.",
    approved: (count) => (count === 1 ? "1 commande approuvée" : `${count} commandes approuvées`),
    failed: (count) => `${count} en échec`,
    untried: (count) => `${count} non traitées`,
    reason: (number, why) => `Commande ${number} : ${why}`,
    problems: {
      other: "Le flux n’a pas pu être exécuté. Réessayez.",
      setup:
        "Quelque chose n’est pas configuré correctement. Adressez-vous à votre administrateur.",
      blocked: "La stratégie de sécurité du contenu de cet environnement bloque le script.",
      token: "La connexion n’a pas abouti. Un administrateur vérifie l’inscription d’application.",
      forbidden: "Vous ne pouvez pas exécuter ce flux. Demandez l’accès à son propriétaire.",
      off: "Ce flux est désactivé. Demandez à son propriétaire de l’activer.",
      missing: "Ce flux est introuvable. Sa solution est-elle importée dans cet environnement ?",
      trigger: "Ce flux ne peut pas être exécuté depuis un formulaire.",
      input: "Le flux n’a pas accepté les données. Vérifiez qu’aucune colonne n’est vide.",
      flow: "Le flux a répondu par une erreur.",
      noAnswer: "Le flux n’a pas répondu à temps.",
      output: "La réponse du flux est illisible.",
      network: "Le service est injoignable. Vérifiez votre connexion.",
      throttled: "Le service est surchargé. Attendez un peu, puis réessayez.",
      service: "Le service a échoué. Réessayez plus tard.",
    },
  };

  /** By the low ten bits of a languageId, which name the language whatever its country: 1031 and 3079 are both German. */
  const LANGUAGES = { 9: english, 7: german, 12: french };

  /** The library's codes by what users would do about them; what is in no list is `other`. */
  const PROBLEMS = {
    setup: [
      "invalid_argument",
      "host_not_found",
      "environment_unknown",
      "cloud_unknown",
      "delegated_token_required",
    ],
    blocked: ["module_blocked"],
    token: ["interaction_required", "popup_blocked", "sign_in_cancelled", "token_failed"],
    forbidden: ["workflow_forbidden", "discovery_forbidden", "claims_mismatch", "unauthorized"],
    off: ["workflow_off", "flow_off"],
    missing: [
      "workflow_not_found",
      "discovery_failed",
      "flow_gone",
      "variable_not_found",
      "variable_empty",
    ],
    trigger: ["trigger_not_http", "untrusted_url", "sas_refused"],
    input: ["input_rejected"],
    flow: ["flow_failed", "operation_failed"],
    noAnswer: ["no_response", "timeout"],
    output: ["output_invalid"],
    network: ["network"],
    throttled: ["throttled"],
    service: ["service_error"],
  };

  /** The texts of the user's language, else English. */
  function texts() {
    try {
      const { languageId } = Xrm.Utility.getGlobalContext().userSettings;
      return LANGUAGES[languageId & 0x3ff] ?? english;
    } catch {
      return english;
    }
  }

  /** A FlowError as a sentence or two, in the user's language. */
  function problem({ code, message, hint }) {
    const { problems } = texts();
    if (!problems) return `${message} ${hint}`;
    const kind = Object.keys(PROBLEMS).find((one) => PROBLEMS[one].includes(code)) ?? "other";
    // The code, for whoever is asked: a notification has no details.
    return `${problems[kind]} (${code})`;
  }

  return Object.assign(texts, { problem, LANGUAGES, PROBLEMS });
})();
