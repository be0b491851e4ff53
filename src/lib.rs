//! Call Entra-protected Power Automate flows from the browser.
