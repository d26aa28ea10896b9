export { memoryContext, type MemoryContext } from '../../testing/memory-context.ts';
