/** Public entry point `baton/schemas`: the contract in the forms that others read, JSON Schema and Protobuf. */
export { fromProtobuf, protobufMessages, toProtobuf, type ProtobufShape } from './protobuf.ts';
export { protoText } from './proto-text.ts';
export { publishedSchema, publishedSchemas, type PublishedSchema } from './published.ts';
