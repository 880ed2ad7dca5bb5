# Lectern in a container. Built from this folder; the image holds dist/, the sample data and production dependencies, nothing else.
FROM node:24-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
COPY bin ./bin
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build

FROM node:24-slim
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --no-audit --no-fund && npm cache clean --force && install -d -o node -g node /var/cache/lectern
COPY --from=build /build/dist ./dist
COPY data ./data
ENV NODE_ENV=production LECTERN_CACHE_DIR=/var/cache/lectern LECTERN_STATE_DIR=/var/cache/lectern/state
USER node
EXPOSE 8050
ENTRYPOINT ["node", "/app/dist/cli/main.js"]
CMD ["--help"]
