# Workers of the team that BATON_TEAMS names: the example desk's here, your own module in a deployment of yours.
FROM node:20.19.4-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --no-audit --no-fund
COPY . .
USER node
ENV BATON_TEAMS=./examples/support/team.ts
CMD ["node", "--import", "tsx", "workers/main.ts"]
