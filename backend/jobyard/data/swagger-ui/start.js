// A file of its own, because no page of this origin may run inline scripts.
SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#docs",
  deepLinking: true,
  validatorUrl: null, // it would send the document's address to another host
  persistAuthorization: false, // a token is kept in memory alone
});
