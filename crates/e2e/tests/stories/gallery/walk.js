// Walks through the gallery, and does the same with clerk-js alone.

// Waits until the page has this.
const found = (selector) => new Promise((resolve) => {
  const look = () => {
    const element = document.querySelector(selector);
    if (element) {
      observer.disconnect();
      resolve(element);
    }
  };
  const observer = new MutationObserver(look);
  observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  look();
});

// What each visit opens there, and waits for.
const seen = async ({ opens, sees }) => {
  if (opens) (await found(opens)).click();
  await found(sees);
};

// From page to page, and home.
window.walk = async (visits) => {
  for (const visit of visits) {
    (await found(`nav a[href='${visit.path}']`)).click();
    await seen(visit);
  }
  document.querySelector("nav a[href='/']").click();
};

// An own page or item, as an app without clerk-yew has it.
const own = (label, more) => ({
  label,
  mountIcon: (host) => host.append(document.createElement('i')),
  unmountIcon: (host) => host?.replaceChildren(),
  ...more,
});
const page = () => own('Own', {
  url: 'own',
  mount: (host) => host.append(document.createElement('h1')),
  unmount: (host) => host?.replaceChildren(),
});
// A page of the app's that has nothing of Clerk's, with room for pages below it.
const place = { path: '/404' };
const props = {
  SignIn: () => place,
  SignUp: () => place,
  UserButton: () => ({
    customMenuItems: [own('Help', { onClick: () => {} }), own('Own', { open: '/own' }),
      own('Keys', { href: '/api-keys' }), { label: 'signOut' }],
    userProfileProps: { customPages: [page()] },
  }),
  UserProfile: () => ({
    ...place,
    customPages: [page(), own('Gallery', { url: '/' }), { label: 'security' }],
  }),
  OrganizationSwitcher: () => ({ organizationProfileProps: { customPages: [page()] } }),
  OrganizationProfile: () => ({ ...place, customPages: [page(), own('Gallery', { url: '/' })] }),
};

// The same components, one after the other, by clerk-js's own methods.
window.walkAlone = async (visits) => {
  for (const { component, ...visit } of visits) {
    await window.Clerk.navigate(place.path);
    const host = document.createElement('div');
    host.dataset.clerkComponent = component;
    document.querySelector('main').append(host);
    const by = (action) => window.Clerk[`${action}${component}`] ?? window.Clerk[`__internal_${action}${component}`];
    try {
      if (component === 'GoogleOneTap') {
        window.Clerk.openGoogleOneTap({});
      } else {
        by('mount')(host, { redirectUrlComplete: '/', ...props[component]?.() });
      }
      await seen(visit);
    } catch {
      // What the instance does not offer.
    }
    if (component === 'GoogleOneTap') {
      window.Clerk.closeGoogleOneTap();
    } else {
      by('unmount')(host);
    }
    host.remove();
  }
};
