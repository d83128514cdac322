/// What is shown where there is nothing to show: a heading, what it means, and where to go.
struct MessageView {
    let text: String
    let link: String
    let linkText: String

    /// For a trip that is not there.
    static let noTrip = MessageView(
        text: """
            No trip of this name is known here. It may have been deleted, or its first upload is \
            still on its way: then it shows up within a second or two.
            """, link: "/", linkText: "To the list of trips")
    /// While the list and the trips are not whole.
    static let rebuilding = MessageView(
        text: """
            What this site shows is being put together again from the log. Nothing is lost; please \
            load the page again in a little while.
            """, link: "", linkText: "Load it again")
    /// For a version that is not served.
    static let noVersion = MessageView(
        text: """
            The version that this address asks for is not served here. It may have been retired.
            """, link: "/", linkText: "To the newest trips")
    /// Where no comparison of versions is.
    static let noDiff = MessageView(
        text: "No comparison of versions lies in this data directory.", link: "/operator",
        linkText: "To the operator’s page")
    /// For a place in the list that cannot be.
    static let noList = MessageView(
        text: "The address of this page of the list is not complete.", link: "/",
        linkText: "To the newest trips")
}
