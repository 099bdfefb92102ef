# Staff badges.
badge-shown = { $name }: press what the badge is for
badge-sign-in = Or scan your badge; if nothing happens, press Sign in.
