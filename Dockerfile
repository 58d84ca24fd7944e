# The program alone, without a system around it:
#
#   docker build --build-arg REVISION="$(git rev-parse --short=12 HEAD)" -t nixsift .
#   docker run --rm -v "$PWD:/work:ro" nixsift check

FROM --platform=$BUILDPLATFORM golang:1.26-alpine AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG TARGETOS
ARG TARGETARCH
ARG REVISION
RUN CGO_ENABLED=0 GOOS="$TARGETOS" GOARCH="$TARGETARCH" go build -trimpath -buildvcs=false \
    -ldflags="-s -w -X github.com/nixsift/nixsift/internal/version.commit=$REVISION" \
    -o /out/nixsift ./cmd/nixsift

FROM scratch
LABEL org.opencontainers.image.title="nixsift" \
      org.opencontainers.image.description="Static analyzer and linter for Nix" \
      org.opencontainers.image.source="https://github.com/nixsift/nixsift" \
      org.opencontainers.image.licenses="MIT"
COPY --from=build /out/nixsift /nixsift
WORKDIR /work
USER 65532:65532
ENTRYPOINT ["/nixsift"]
