/** The page on which people sign in to see clear text in the Temporal UI. It has no script, and quotes nothing. */
export function signInPage(state: 'asking' | 'wrong' | 'signed-in'): string {
  const told = {
    asking: '<p>Your token lets the Temporal UI show what is encrypted, in this browser.</p>',
    wrong: '<p role="alert"><strong>This token is not known.</strong></p>',
    'signed-in':
      '<p role="status"><strong>You are signed in.</strong> Go back to the Temporal UI and reload it.</p>',
  }[state];
  const form =
    state === 'signed-in'
      ? '<form method="post" action="sign-out"><button>Sign out</button></form>'
      : '<form method="post" action="sign-in"><label>Token <input name="token" type="password" autocomplete="current-password" required></label> <button>Sign in</button></form>';
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Baton codec</title>
<meta name="viewport" content="width=device-width"></head>
<body><main><h1>Baton codec</h1>${told}${form}</main></body></html>
`;
}
