package io.hamesh.testbed;

/** A {@link PlatformExtension} whose cluster also runs this checkout's HAmesh, with a Consul server of its own. */
public final class HameshExtension extends PlatformExtension {
    @Override
    protected void prepare(Platform platform) {
        platform.installHamesh();
    }
}
