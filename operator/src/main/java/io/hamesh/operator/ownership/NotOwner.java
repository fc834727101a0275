package io.hamesh.operator.ownership;

/**
 * Why a namespace may not be a service.
 *
 * @param owner who has the name, in words
 * @param isNamespaces whether a namespace has it, in this cluster or another
 * @param remedy what an administrator can do about it, in words
 */
public record NotOwner(String owner, boolean isNamespaces, String remedy) {
    /** For the person who asked: {@code ownRemedy} is what he can do himself. */
    public String message(String ownRemedy) {
        return owner + ": " + ownRemedy + ", or " + remedy;
    }
}
