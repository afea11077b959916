"""isp: the open record of support for children with special educational needs in England."""
