// To be deleted once the renames are applied.
package typealias Envelope = APIReply
