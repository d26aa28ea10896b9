import { caseStream, inboxStream, progressStream } from '../events/streams.ts';
import { allRoutes } from '../routes/all-routes.ts';
import { openApiDocument } from './openapi.ts';

/** The OpenAPI 3.1 document of this release, as the service gives it at `/openapi.json`. */
export function openApiText(): string {
  return `${JSON.stringify(openApiDocument(allRoutes(), [caseStream, progressStream, inboxStream]), null, 2)}\n`;
}
