# One file for every process of the system: MODULE picks which. Kept to what the classic builder of Engine 20.10 knows.
ARG BUILD_IMAGE=maven:3.9-eclipse-temurin-25
ARG JRE_IMAGE=eclipse-temurin:25-jre

FROM ${BUILD_IMAGE} AS build
WORKDIR /src
ARG MAVEN_ARGS=
ENV MODULES=incentives-service,performance-cdc-publisher,payments-service,traffic \
    QUICK="-Punchecked -T1C"

# The POMs alone first: their layer holds the downloads and lasts until a POM changes.
COPY .mvn .mvn
COPY pom.xml ./
COPY benchmarks/pom.xml benchmarks/
COPY e2e-tests/pom.xml e2e-tests/
COPY experiment-lib/pom.xml experiment-lib/
COPY incentives-service/pom.xml incentives-service/
COPY local-stack/pom.xml local-stack/
COPY payments-service/pom.xml payments-service/
COPY performance-cache-consumer/pom.xml performance-cache-consumer/
COPY performance-cdc-publisher/pom.xml performance-cdc-publisher/
COPY strict-http/pom.xml strict-http/
COPY traffic/pom.xml traffic/
RUN mvn -B -q ${QUICK} -Dspring-boot.repackage.skip=true -pl "${MODULES}" -am package

# The extracting mode of Boot's jars needs Spring inside, so a jar without stays as it is.
COPY . .
RUN mvn -B -q ${QUICK} -pl "${MODULES}" -am package && \
    for jar in */target/*-exec.jar; do \
      layers="/layers/${jar%%/*}"; \
      if jar tf "$jar" | grep -q /spring-core-; then \
        java -Djarmode=tools -jar "$jar" extract --layers --application-filename application.jar --destination "$layers"; \
      else \
        mkdir -p "$layers/dependencies" "$layers/snapshot-dependencies" "$layers/application" && \
        cp "$jar" "$layers/application/application.jar"; \
      fi || exit 1; \
    done

FROM ${JRE_IMAGE} AS run
ARG MODULE
WORKDIR /app
COPY --from=build /layers/${MODULE}/dependencies/ ./
COPY --from=build /layers/${MODULE}/snapshot-dependencies/ ./
COPY --from=build /layers/${MODULE}/application/ ./
# One start whose classes are kept ready for the next. TRAIN keeps it away from database and broker. The flags have to
# be those of the real start, or the cache is not used.
ARG TRAIN=
RUN java -Xlog:aot*=error -XX:AOTCacheOutput=application.aot -XX:+UseSerialGC -XX:+UseCompactObjectHeaders \
      -Dspring.context.exit=onRefresh -jar application.jar ${TRAIN}
USER 10001:10001
ENTRYPOINT ["java", "-XX:AOTCache=/app/application.aot", "-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders", "-XX:InitialRAMPercentage=60", "-XX:MaxRAMPercentage=60", "-XX:NewRatio=1", "-XX:+ExitOnOutOfMemoryError", "-jar", "/app/application.jar"]
ARG REVISION=unknown
LABEL org.opencontainers.image.title="${MODULE}" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.revision="${REVISION}"
