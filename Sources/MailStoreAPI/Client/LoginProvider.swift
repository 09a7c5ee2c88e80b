/// Whoever holds the login of a server and decides when it may be tried.
package protocol LoginProvider: Sendable {
    /// The credentials for a call; waits or throws an ``APIError`` that was not sent while the login must not be tried.
    func credentials(for function: String, by deadline: Deadline) async throws(APIError) -> Credentials

    /// Told once for each call that was given credentials: `nil` where the server let it in and answered.
    func ended(_ credentials: Credentials, with error: APIError?) async
}
