// A passkey or security key: the browser asks the device, the form carries its answer.
(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const keys = (list) => list?.map((key) => ({ ...key, id: bytes(key.id) }));

  const ceremonies = {
    create: async ({ creation_options: { publicKey: asked } }) =>
      navigator.credentials.create({
        publicKey: {
          ...asked,
          challenge: bytes(asked.challenge),
          user: { ...asked.user, id: bytes(asked.user.id) },
          excludeCredentials: keys(asked.excludeCredentials) ?? [],
        },
      }),
    get: async ({ request_options: { publicKey: asked } }) =>
      navigator.credentials.get({
        publicKey: { ...asked, challenge: bytes(asked.challenge), allowCredentials: keys(asked.allowCredentials) ?? [] },
      }),
  };

  const written = ({ id, rawId, type, response, authenticatorAttachment, ...credential }) => {
    const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
    const answer = Object.fromEntries(parts.filter((part) => response[part]).map((part) => [part, text(response[part])]));
    if (response.getTransports) answer.transports = response.getTransports();
    return { id, rawId: text(rawId), type, response: answer, authenticatorAttachment, clientExtensionResults: {}, ...credential };
  };

  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("form[data-passkey]");
    if (!form || form.elements.credential.value) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const trouble = form.querySelector("[data-passkey-trouble]");
    trouble.hidden = true;
    try {
      const asked = JSON.parse(document.getElementById("passkey-options").textContent);
      const credential = await ceremonies[form.dataset.passkey](asked);
      form.elements.credential.value = JSON.stringify(written(credential));
      form.submit();
    } catch {
      trouble.hidden = false;
    }
  }, true);
})();
