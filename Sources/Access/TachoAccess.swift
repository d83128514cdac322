extension AccessTable {
    /// Who may do what with Tacho's routes: the one place where it stands.
    public static let tacho = AccessTable(
        standing + uploads + reading + myDriving + pages)

    /// What tells of the process itself.
    private static let standing: [AccessLine] = [
        AccessLine(everybody: "GET", "/livez"),
        AccessLine(everybody: "GET", "/readyz"),
        AccessLine(everybody: "GET", "/version"),
        AccessLine(everybody: "GET", "/openapi.json"),
        AccessLine(everybody: "GET", "/docs"),
        AccessLine("GET", "/metrics", driver: .none, service: .none, operator: .all),
    ]

    private static let uploads: [AccessLine] = [
        AccessLine("POST", "/v1/trips/{trip}/points", driver: .own, service: .all, operator: .none),
        AccessLine("POST", "/v1/trips/{trip}/end", driver: .own, service: .all, operator: .none),
        AccessLine("POST", "/owntracks", driver: .own, service: .all, operator: .none, .phone),
        AccessLine("POST", "/pub", driver: .own, service: .all, operator: .none, .phone),
        AccessLine("GET", "/osmand", driver: .own, service: .all, operator: .none, .phone),
        AccessLine("POST", "/osmand", driver: .own, service: .all, operator: .none, .phone),
    ]

    private static let reading: [AccessLine] = [
        "/v1/trips", "/v1/trips/{trip}", "/v1/trips/{trip}/events", "/v1/trips/{trip}/track",
        "/v1/trips/{trip}/track.json", "/v1/trips/{trip}/track.geojson",
        "/v1/trips/{trip}/track.gpx", "/v1/trips/{trip}/track.csv", "/v1/trips/{trip}/live",
        "/v1/live", "/v1/users/{user}",
    ].map { AccessLine("GET", $0, driver: .own, service: .all, operator: .all) }

    /// MyDriving's services: clients write and read there, operators too.
    private static let myDriving: [AccessLine] =
        ["trips", "poi", "user", "user-java"].flatMap {
            [
                AccessLine(everybody: "GET", "/api/healthcheck/\($0)"),
                AccessLine(everybody: "GET", "/api/version/\($0)"),
                AccessLine(everybody: "GET", "/api/docs/\($0)"),
            ]
        } + [AccessLine(everybody: "GET", "/api/json/swagger.json")]
        + [
            ("/api/trips", ["GET", "POST"]), ("/api/trips/user/{user}", ["GET"]),
            ("/api/trips/{trip}", ["GET", "PATCH", "DELETE"]),
            ("/api/trips/{trip}/trippoints", ["GET", "POST"]),
            ("/api/trips/{trip}/trippoints/{point}", ["GET", "PATCH", "DELETE"]),
            ("/api/poi", ["GET", "POST"]), ("/api/poi/trip/{trip}", ["GET"]),
            ("/api/poi/{poi}", ["GET"]), ("/api/user", ["GET", "POST"]),
            ("/api/user/{user}", ["GET", "POST", "PATCH", "DELETE"]),
            ("/api/user-java/{user}", ["POST", "PATCH"]),
        ].flatMap { route, methods in
            methods.map { AccessLine($0, route, driver: .own, service: .all, operator: .all) }
        }

    private static let pages: [AccessLine] = [
        AccessLine("GET", "/", driver: .own, service: .all, operator: .all, .page),
        AccessLine("GET", "/trips/{trip}", driver: .own, service: .all, operator: .all, .page),
        AccessLine("GET", "/trips/{trip}/drive.json", driver: .own, service: .all, operator: .all),
        AccessLine(
            "GET", "/trips/{trip}/thumbnail.svg", driver: .own, service: .all, operator: .all),
        AccessLine(
            "GET", "/trips/{trip}/delete", driver: .own, service: .all, operator: .all, .page),
        AccessLine(
            "POST", "/trips/{trip}/delete", driver: .own, service: .all, operator: .all, .form),
        AccessLine(
            "POST", "/trips/{trip}/share", driver: .own, service: .none, operator: .all, .form),
        AccessLine("GET", "/profile", driver: .own, service: .own, operator: .own, .page),
        AccessLine(
            "POST", "/settings/home", driver: .own, service: .own, operator: .own, .form),
        AccessLine("POST", "/settings", driver: .own, service: .own, operator: .own, .form),
        AccessLine("GET", "/operator", driver: .none, service: .none, operator: .all, .page),
        AccessLine("GET", "/operator/diff", driver: .none, service: .none, operator: .all, .page),
        AccessLine(everybody: "GET", "/assets/{tag}/{file}"),
        // The link itself is what lets in.
        AccessLine(everybody: "GET", "/shared/{grant}", .page),
        AccessLine(everybody: "GET", "/shared/{grant}/drive.json"),
        AccessLine(everybody: "GET", "/shared/{grant}/track.gpx"),
        AccessLine(everybody: "GET", "/shared/{grant}/track.csv"),
        AccessLine(everybody: "GET", "/shared/{grant}/track.geojson"),
        AccessLine(everybody: "GET", "/shared/{grant}/track.json"),
        AccessLine(everybody: "GET", "/sign-in", .page),
        AccessLine("POST", "/sign-out", driver: .own, service: .own, operator: .own, .form),
    ]
}
