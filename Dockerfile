# The example team's workers. A team of your own takes this file and its own start.
FROM node:20.19.4-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --no-audit --no-fund
COPY . .
USER node
CMD ["node_modules/.bin/tsx", "examples/start.ts"]
