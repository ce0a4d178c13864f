// The ceremony of a passkey: options from the program, the authenticator's answer back. Nothing else here needs a script.
(function () {
  'use strict';
  const bytes = text => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), c => c.charCodeAt(0));
  const text = buffer => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');

  async function post(url, body, token) {
    const answer = await fetch(url, { method: 'POST', credentials: 'same-origin', headers: { 'Content-Type': 'application/json', 'X-Form-Token': token }, body: JSON.stringify(body) });
    const said = await answer.json();
    if (!answer.ok) throw new Error((said.title || '') + ' ' + (said.detail || ''));
    return said;
  }

  function credentialOf(made) {
    const response = made.response;
    const said = { id: made.id, rawId: text(made.rawId), type: made.type, clientExtensionResults: {}, response: { clientDataJSON: text(response.clientDataJSON) } };
    if (response.attestationObject) {
      said.response.attestationObject = text(response.attestationObject);
      said.response.transports = response.getTransports ? response.getTransports() : [];
    } else {
      said.response.authenticatorData = text(response.authenticatorData);
      said.response.signature = text(response.signature);
      said.response.userHandle = response.userHandle ? text(response.userHandle) : null;
    }
    return said;
  }

  async function ceremony(form) {
    const token = form.querySelector('input[name="__RequestVerificationToken"]').value;
    const fields = {};
    for (const input of form.querySelectorAll('[data-send]')) fields[input.dataset.send] = input.value;
    const asked = await post(form.dataset.passkey + '/options', fields, token);
    const options = asked.options;
    options.challenge = bytes(options.challenge);
    if (options.user) options.user.id = bytes(options.user.id);
    for (const one of options.excludeCredentials || []) one.id = bytes(one.id);
    for (const one of options.allowCredentials || []) one.id = bytes(one.id);
    const made = options.user ? await navigator.credentials.create({ publicKey: options }) : await navigator.credentials.get({ publicKey: options });
    const done = await post(form.dataset.passkey, Object.assign({ ticket: asked.ticket, credential: JSON.stringify(credentialOf(made)) }, fields), token);
    location.assign(done.next);
  }

  for (const form of document.querySelectorAll('form[data-passkey]')) {
    const button = form.querySelector('button[data-ceremony]');
    if (!button || !window.PublicKeyCredential) continue;
    button.hidden = false;
    button.addEventListener('click', event => {
      event.preventDefault();
      const told = form.querySelector('[data-told]');
      told.hidden = true;
      ceremony(form).catch(reason => { told.textContent = reason.message; told.hidden = false; });
    });
  }
})();
