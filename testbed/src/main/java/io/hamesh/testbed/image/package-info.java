/**
 * Container images without a registry: bases from distribution packages, images from Containerfiles, tags from content.
 * How an image gets into a cluster is the cluster's business.
 */
@NullMarked
package io.hamesh.testbed.image;

import org.jspecify.annotations.NullMarked;
