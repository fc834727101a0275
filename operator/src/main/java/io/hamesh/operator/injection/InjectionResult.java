package io.hamesh.operator.injection;

import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;

/** What became of a pod. */
public sealed interface InjectionResult {
    /**
     * The pod as it joins the mesh.
     *
     * @param service the name that it claims
     * @param notes what its author may want to know, refusing nothing
     */
    record Injected(Pod pod, String service, List<String> notes) implements InjectionResult {}

    /** The pod does not ask for the mesh, and stays as it is. */
    record NotInjected() implements InjectionResult {}

    /**
     * The pod cannot join as it is.
     *
     * @param problems all there are, never none
     */
    record Refused(List<Problem> problems) implements InjectionResult {}
}
